using Lxd.Daemon.Tools;
using Lxd.Daemon.Verbs;

return await (Tool.Find(Tool.CalledAs()) ?? CommandLine.RunAsync)(args).ConfigureAwait(false);
