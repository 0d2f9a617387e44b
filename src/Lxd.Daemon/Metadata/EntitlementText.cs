namespace Lxd.Daemon.Metadata;

/// <summary>What an entitlement allows, in a sentence.</summary>
internal static class EntitlementText
{
    public static string Of(string entity, string entitlement)
    {
        var words = entitlement.Replace('_', ' ');
        var thing = entity.Replace('_', ' ');
        return entitlement switch
        {
            "admin" => "May do everything, on everything.",
            "viewer" => entity == "server" ? "May see everything." : "May see everything in the project.",
            "operator" => entity == "project" ? "May make, change and remove everything in the project, but not the project itself." : "May run commands in the instance, start and stop it, and manage its snapshots and backups.",
            "user" => "May look at the instance and work in it: commands, console, files.",
            "permission_manager" => "May manage identities, groups and what they may do.",
            _ when entitlement.EndsWith("_manager", StringComparison.Ordinal) => $"May make, change and remove {Plural(words[..^" manager".Length])}.",
            "can_view" or "can_edit" or "can_delete" => $"May {words[4..]} this {thing}.",
            "can_exec" => "May run commands in this instance.",
            "can_update_state" => "May start, stop and freeze this instance.",
            "can_access_console" => "May use the console of this instance.",
            "can_access_files" => "May read and write files in this instance.",
            "can_connect_sftp" => "May use SFTP with this instance.",
            _ => $"May {words[4..]}{(entity is "server" or "project" ? "" : $" of this {thing}")}.",
        };
    }

    private static string Plural(string words) => words.EndsWith("alias", StringComparison.Ordinal) ? words + "es" : words + "s";
}
