using Lxd.Daemon.Hosting;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace Lxd.Daemon.Verbs;

/// <summary><c>lxd</c> without a verb: the daemon itself, in the foreground.</summary>
internal static class DaemonVerb
{
    public static async Task<int> RunAsync(DaemonOptions options)
    {
        using var log = CreateLog(options);
        // Serilog decides what reaches the files; listeners to events may want more.
        using var serilog = new SerilogLoggerProvider(log);
        using var loggers = new LoggerFactory([serilog], new LoggerFilterOptions { MinLevel = LogLevel.Debug, Rules = { new LoggerFilterRule(null, "Microsoft", LogLevel.Warning, null) } });
        try
        {
            return await DaemonHost.RunAsync(options, loggers).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"Error: {e.Message}").ConfigureAwait(false);
            return 1;
        }
    }

    private static Serilog.Core.Logger CreateLog(DaemonOptions options)
    {
        var level = options.Debug ? LogEventLevel.Debug : options.Verbose ? LogEventLevel.Information : LogEventLevel.Warning;
        const string template = "time=\"{Timestamp:yyyy-MM-ddTHH:mm:sszzz}\" level={Level:w} msg=\"{Message:lj}\"{NewLine}{Exception}";
        var log = new LoggerConfiguration().MinimumLevel.Is(options.LogFile.Length > 0 && level > LogEventLevel.Information ? LogEventLevel.Information : level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .WriteTo.Console(restrictedToMinimumLevel: level, outputTemplate: template, formatProvider: System.Globalization.CultureInfo.InvariantCulture, standardErrorFromLevel: LogEventLevel.Verbose);
        if (options.LogFile.Length > 0)
        {
            log = log.WriteTo.File(options.LogFile, outputTemplate: template, formatProvider: System.Globalization.CultureInfo.InvariantCulture, rollOnFileSizeLimit: false, fileSizeLimitBytes: null, shared: false);
        }

        if (options.Syslog)
        {
            log = log.WriteTo.Sink(new SyslogSink());
        }

        return log.CreateLogger();
    }
}
