using Lxd.Core;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Images;

/// <summary>What those may ask who have no rights in a project: public images of the default project.</summary>
internal static class ImageAccess
{
    /// <summary>Throws where the caller may not even ask for the images of a project.</summary>
    public static void CheckProject(Caller caller, string project)
    {
        if (project != "default" && !caller.MaySee(project))
        {
            throw IsRestricted(caller) ? ApiException.Forbidden("Certificate is restricted") : ApiException.NotFound();
        }
    }

    public static void CheckAllProjects(Caller caller)
    {
        if (!caller.Trusted)
        {
            throw ApiException.Forbidden("Untrusted callers may only access public images in the default project");
        }

        if (IsRestricted(caller))
        {
            throw ApiException.Forbidden("Certificate is restricted");
        }
    }

    private static bool IsRestricted(Caller caller) => caller.Trusted && caller.Projects is not null;
}
