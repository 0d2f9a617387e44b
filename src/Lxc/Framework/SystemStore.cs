using System.Runtime.InteropServices;

namespace Lxc.Framework;

/// <summary>The runtime's store of the system's authorities.</summary>
internal static partial class SystemStore
{
    /// <summary>Keeps the runtime from reading hundreds of certificates, which takes longer than most commands: who is trusted is decided by <see cref="Lxd.Client.ServerTrust"/>. Call before the first connection.</summary>
    public static void Skip()
    {
        // From here on the runtime's own copy of the environment counts, for this program and for those it starts.
        Environment.GetEnvironmentVariables();
        _ = setenv("SSL_CERT_FILE", "/dev/null", 1);
        _ = setenv("SSL_CERT_DIR", "/dev/null", 1);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
