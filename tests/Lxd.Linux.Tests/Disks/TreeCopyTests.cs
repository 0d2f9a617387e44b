using Lxd.Linux.Disks;
using Lxd.Linux.Tests.Archives;

namespace Lxd.Linux.Tests.Disks;

public sealed class TreeCopyTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    /// <summary>Where no blocks can be shared, files are read and written; more in one directory than are asked for ahead, and a pipe among them that nobody may open and wait for.</summary>
    [Fact]
    public async Task TreesGoToOtherFileSystems()
    {
        var memory = Directory.CreateDirectory($"/dev/shm/lxd_test_{Guid.NewGuid():N}").FullName;
        try
        {
            _scratch.Shell("mkdir -p src/many && cd src && for i in $(seq 150); do echo $i > many/$i; done && mkfifo many/pipe && ln -s nowhere many/link && : > empty");
            _scratch.Shell("cd src && truncate -s 3M tail && echo 1 | dd of=tail conv=notrunc status=none && truncate -s 3M hole && echo 1 | dd of=hole bs=1M seek=2 conv=notrunc status=none");
            _scratch.Shell("cd src && head -c 700000 /dev/urandom > big && chown 12:34 big && chmod 4751 big && touch -d @1500000000.123456789 big && chmod 2750 many && touch -d @1400000000 many");
            await TreeCopy.CopyAsync(_scratch["src"], memory, null, default);
            const string List = "find . -printf '%p %y %m %U %G %T@ %l\\n' | LC_ALL=C sort";
            Assert.Equal(_scratch.Shell($"cd src && {List}"), _scratch.Shell($"cd {memory} && {List}"));
            _scratch.Shell($"diff -r --no-dereference -x pipe src {memory}");
            Assert.True(int.Parse(_scratch.Shell($"du -k -c {memory}/tail {memory}/hole | tail -1 | cut -f1"), System.Globalization.CultureInfo.InvariantCulture) < 100);
        }
        finally
        {
            TreeDelete.Delete(memory, default);
        }
    }

    [Fact]
    public void WhatFailsBesideIsToldToWhoWaits()
    {
        using var workers = new TreeWorkers();
        var done = 0;
        for (var round = 0; round < 100; round++)
        {
            var beside = new List<TreeWorkers.Job>();
            for (var i = 0; i < 8; i++)
            {
                workers.Run(beside, 0, () =>
                {
                    var below = new List<TreeWorkers.Job>();
                    workers.Run(below, 1, () => Interlocked.Increment(ref done));
                    workers.Wait(below);
                });
            }

            workers.Wait(beside);
        }

        Assert.Equal(800, done);
        var failing = new List<TreeWorkers.Job>();
        Assert.Throws<InvalidDataException>(() =>
        {
            workers.Run(failing, 0, () => throw new InvalidDataException());
            workers.Wait(failing);
        });
    }
}
