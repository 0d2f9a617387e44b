using Lxc.Framework;

return await CommandLine.RunAsync(args).ConfigureAwait(false);
