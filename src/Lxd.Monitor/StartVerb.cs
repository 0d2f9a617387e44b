using System.Globalization;
using Lxd.Linux.Lxc;

namespace Lxd.Monitor;

/// <summary><c>start NAME PATH CONFIG</c>: starts the container and prints the id of its init. liblxc forks the monitor that stays with the container from this small process.</summary>
internal static class StartVerb
{
    public static int Run(string[] args)
    {
        Signals.RestoreSigpipe();
        using var container = new LxcContainer(args[0], args[1]);
        if (!container.Load(args[2]))
        {
            Console.Error.WriteLine("Failed loading the configuration");
            return 1;
        }

        if (!container.Start())
        {
            return 1;
        }

        Console.Out.WriteLine(container.InitPid.ToString(CultureInfo.InvariantCulture));
        return 0;
    }
}
