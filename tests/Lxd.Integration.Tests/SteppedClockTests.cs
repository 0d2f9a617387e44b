using System.Diagnostics;
using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary>Somebody sets the clock under a running daemon, by days and in either direction: what is counted in time goes on as before, and nothing storms.</summary>
public sealed class SteppedClockTests
{
    /// <summary>Stands between a program and the C library: the clock on the wall is wrong by as many seconds as a file says.</summary>
    private const string Shim = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>
        static volatile long *shift;
        static long none;
        __attribute__((constructor)) static void begin(void) {
            int file = open(getenv("CLOCK_SHIFT") ? getenv("CLOCK_SHIFT") : "", O_RDONLY | O_CLOEXEC);
            shift = file < 0 ? &none : mmap(0, sizeof none, PROT_READ, MAP_SHARED, file, 0);
            if (file >= 0) close(file);
        }
        int clock_gettime(clockid_t clock, struct timespec *now) {
            int result = syscall(SYS_clock_gettime, clock, now);
            if (!result && shift && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += *shift;
            return result;
        }
        time_t time(time_t *where) { struct timespec now; clock_gettime(CLOCK_REALTIME, &now); if (where) *where = now.tv_sec; return now.tv_sec; }
        int gettimeofday(struct timeval *where, void *zone) { struct timespec now; clock_gettime(CLOCK_REALTIME, &now); where->tv_sec = now.tv_sec; where->tv_usec = now.tv_nsec / 1000; return 0; }
        """;

    [Fact]
    public async Task WhatIsCountedInTimeGoesOn()
    {
        await using var server = new LabServer("clock");
        var sh = server.Shell;
        await File.WriteAllTextAsync(Path.Combine(sh.Directory, "shim.c"), Shim);
        await sh.RunAsync("gcc -shared -fPIC -O1 -o shim.so shim.c");
        var shift = Path.Combine(sh.Directory, "shift");
        await SetAsync(0);
        (server.Environment["LD_PRELOAD"], server.Environment["CLOCK_SHIFT"]) = (Path.Combine(sh.Directory, "shim.so"), shift);
        await server.StartAsync();
        server.Environment.Remove("LD_PRELOAD");
        await sh.RunAsync($"lxd init --auto --storage-backend dir && lxc image import {await Images.BusyboxAsync()} --alias bb");
        await sh.RunAsync("lxc launch bb c1 -c snapshots.schedule='@daily' -c snapshots.expiry=30d && lxc config set images.remote_cache_expiry=1000");
        foreach (var days in (int[])[3, -400, 0])
        {
            var clock = Stopwatch.StartNew();
            var exec = sh.RunAsync("lxc exec c1 -- sh -c 'sleep 2; echo slept'");
            var wait = sh.RunAsync("op=$(lxc query -X POST -d '{\"command\":[\"sleep\",\"3\"]}' /1.0/instances/c1/exec | jq -r .id); lxc query \"/1.0/operations/$op/wait?timeout=1\" | jq -r .status");
            await SetAsync(days * 86400L);
            // The daemon believes it.
            Assert.InRange(DateTimeOffset.Parse(await sh.RunAsync("lxc snapshot c1 now; lxc query /1.0/instances/c1/snapshots/now | jq -r .created_at | tr -d '\\n'; lxc delete c1/now"), System.Globalization.CultureInfo.InvariantCulture), DateTimeOffset.UtcNow.AddDays(days).AddMinutes(-2), DateTimeOffset.UtcNow.AddDays(days).AddMinutes(2));
            Assert.Equal("slept\n", await exec);
            Assert.Equal("Running\n", await wait);
            await sh.RunAsync("lxc launch bb c2 && lxc restart -f c2 && lxc delete -f c2 && lxc config set c1 limits.processes=$((500 + RANDOM % 100)) && lxc image list && lxc warning list && lxc list");
            Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(40));
            // Nothing goes round and round.
            var cpu = await CpuAsync();
            await Task.Delay(1000);
            Assert.InRange(await CpuAsync() - cpu, 0, 50);
            Assert.Equal("0\n", await sh.RunAsync("lxc query /1.0/instances/c1/snapshots | jq length"));
        }

        await server.RestartAsync();
        Assert.Equal("c1,RUNNING\n", await sh.RunAsync("lxc list -f csv -c ns && lxc delete -f c1"));

        async Task SetAsync(long seconds)
        {
            // In its place: the daemon has it mapped.
            await using var file = new FileStream(shift, FileMode.OpenOrCreate, FileAccess.Write);
            await file.WriteAsync(BitConverter.GetBytes(seconds));
        }

        // Ticks of 10 ms.
        async Task<long> CpuAsync() => long.Parse(await sh.RunAsync($"awk '{{ print $14 + $15 }}' /proc/{server.Pid}/stat"), System.Globalization.CultureInfo.InvariantCulture);
    }
}
