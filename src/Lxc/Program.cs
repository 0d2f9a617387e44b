using Lxc.Framework;

SystemStore.Skip();
return await CommandLine.RunAsync(args).ConfigureAwait(false);
