using Lxc.Framework;
using Lxc.Remotes;

namespace Lxc.Tests;

public sealed class ConfigTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("lxcconf").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [Fact]
    public void WhatIsSavedIsReadAgainAndTheBuiltInStays()
    {
        var config = new ClientConfig(_directory);
        config.Remotes["mine"] = new Remote("https://10.0.0.1:8443") { AuthType = "tls", Project = "p1" };
        config.Aliases["rmi"] = "image rm";
        config.Save();
        var again = new ClientConfig(_directory);
        Assert.Equal("https://10.0.0.1:8443", again.Get("mine").Address);
        Assert.Equal("p1", again.Get("mine").Project);
        Assert.Equal("image rm", again.Aliases["rmi"]);
        Assert.True(again.Get("ubuntu").Static);
        Assert.DoesNotContain("ubuntu", File.ReadAllText(Path.Combine(_directory, "config.yml")));
    }

    [Fact]
    public void TheHostGivesRemotesAndTheUserTheRest()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "host", "servercerts"));
        File.WriteAllText(Path.Combine(_directory, "host", "servercerts", "corp.crt"), "pinned");
        File.WriteAllText(Path.Combine(_directory, "host", "config.yml"), "default-remote: corp\nremotes:\n  corp:\n    addr: https://10.0.0.1:8443\n  mine:\n    addr: https://10.0.0.2:8443\naliases:\n  ll: list\n");
        var own = Path.Combine(_directory, "own");
        var config = new ClientConfig(own, Path.Combine(_directory, "host"));
        Assert.Equal(("local", 0, true), (config.Default, config.Aliases.Count, config.Get("corp").Global));
        Assert.EndsWith("host/servercerts/corp.crt", config.PinnedCertificate("corp"), StringComparison.Ordinal);
        config.Remotes["mine"] = new Remote("https://10.9.9.9:8443");
        config.Save();
        Assert.DoesNotContain("corp", File.ReadAllText(Path.Combine(own, "config.yml")), StringComparison.Ordinal);
        var again = new ClientConfig(own, Path.Combine(_directory, "host"));
        Assert.Equal(("https://10.9.9.9:8443", false), (again.Get("mine").Address, again.Get("mine").Global));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ARemoteGoesWithWhatWasKeptOfIt(bool pinned)
    {
        var config = new ClientConfig(_directory);
        config.Remotes["mine"] = new Remote(pinned ? "https://10.0.0.1:8443" : "unix:///run/lxd.socket");
        if (pinned)
        {
            Directory.CreateDirectory(Path.Combine(_directory, "servercerts"));
            File.WriteAllText(config.ServerCertificate("mine"), "pinned");
        }

        config.Remove("mine");
        config.Save();
        Assert.Equal((false, false), (new ClientConfig(_directory).Remotes.ContainsKey("mine"), File.Exists(config.ServerCertificate("mine"))));
    }

    [Theory]
    [InlineData("c1", "local", "c1")]
    [InlineData("local:c1", "local", "c1")]
    [InlineData("images:ubuntu/22.04", "images", "ubuntu/22.04")]
    [InlineData("local:", "local", "")]
    public void ANameMayHaveARemote(string text, string remote, string name)
    {
        var config = new ClientConfig(_directory) { Default = "local" };
        Assert.Equal((remote, name), config.Split(text));
    }

    [Fact]
    public void AnUnknownRemoteIsTold() => Assert.Equal("The remote \"nowhere\" doesn't exist", Assert.Throws<Lxd.Core.ApiException>(() => new ClientConfig(_directory).Split("nowhere:c1")).Message);

    [Theory]
    [InlineData("rmi x y", "image rm x y")]
    [InlineData("sh c1", "exec c1 -- su -l root")]
    [InlineData("second a b", "exec b -- id a")]
    [InlineData("list", "list")]
    public void AliasesTakeTheirArguments(string words, string expanded)
    {
        var config = new ClientConfig(_directory);
        config.Aliases["rmi"] = "image rm";
        config.Aliases["sh"] = "exec @ARGS@ -- su -l 'root'";
        config.Aliases["second"] = "exec @ARG2@ -- id @ARG1@";
        Assert.Equal(expanded, string.Join(' ', AliasExpansion.Expand(words.Split(' '), config)));
    }

    [Fact]
    public void EveryCommandHasAPathOfItsOwnAndAHelp()
    {
        var all = Registry.All.ToList();
        Assert.Equal(all.Count, all.Select(c => c.Path).Distinct().Count());
        Assert.All(all, c => Assert.Contains(c.Short, Help.Of(c)));
        Assert.All(all, c => Assert.Equal(c.Path, Registry.Find(c.Path.Split(' '))!.Value.Command.Path));
    }
}
