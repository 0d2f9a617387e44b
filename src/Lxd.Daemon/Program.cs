using Lxd.Daemon.Verbs;

return await CommandLine.RunAsync(args).ConfigureAwait(false);
