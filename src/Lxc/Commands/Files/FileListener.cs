using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Lxc.Commands.Instances;
using Lxc.Framework;
using Lxd.Client.Ssh;
using Lxd.Core;

namespace Lxc.Commands.Files;

/// <summary><c>file mount --listen</c>: the files of an instance by SFTP over SSH.</summary>
internal static class FileListener
{
    public static async Task<int> RunAsync(Context context, Arguments arguments, FilePlace place)
    {
        if (arguments.Has("--no-auth") && arguments.Given("--auth-user"))
        {
            throw new ApiException(0, "--no-auth and --auth-user cannot be used together");
        }

        var address = IPEndPoint.TryParse(arguments.Get("--listen", "127.0.0.1:0"), out var parsed) ? parsed : throw new ApiException(0, $"Invalid address \"{arguments.Get("--listen")}\"");
        var user = arguments.Has("--no-auth") ? "" : arguments.Get("--auth-user") is { Length: > 0 } wanted ? wanted : RandomNumberGenerator.GetHexString(8, true);
        var password = arguments.Has("--no-auth") ? "" : RandomNumberGenerator.GetHexString(32, true);
        using var server = new SshSftpServer(user, password, async ct =>
        {
            var response = await place.Server.UpgradeAsync(InstanceCommands.PathOf(place.Instance) + "/sftp", "sftp", ct).ConfigureAwait(false);
            return await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
        });
        using var listener = new TcpListener(address);
        listener.Start();
        await context.Out.WriteLineAsync($"SSH SFTP listening on {listener.LocalEndpoint}\nSSH host key fingerprint: SHA256:{server.Fingerprint}").ConfigureAwait(false);
        await context.Out.WriteLineAsync(password.Length == 0 ? "Login without username and password" : $"Login with username \"{user}\" and password \"{password}\"").ConfigureAwait(false);
        await context.Out.FlushAsync(context.Cancel).ConfigureAwait(false);
        try
        {
            await server.ServeAsync(listener, context.Cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The user is done.
        }

        return 0;
    }
}
