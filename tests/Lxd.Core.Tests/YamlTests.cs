using System.Text.Json.Nodes;

namespace Lxd.Core.Tests;

public sealed class YamlTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("true")]
    [InlineData("0123")]
    [InlineData("1.5e3")]
    [InlineData("")]
    [InlineData("a: b")]
    [InlineData("- item")]
    [InlineData("it's")]
    [InlineData("two\nlines\n")]
    [InlineData("two\nlines")]
    [InlineData("tab\tand \u0001")]
    [InlineData("# no comment")]
    [InlineData("trailing ")]
    [InlineData("2026-01-02T03:04:05Z")]
    public void ATextComesBackAsItWas(string text)
    {
        var node = new JsonObject { ["key"] = text, ["list"] = new JsonArray(JsonValue.Create(text)) };
        var back = Yaml.Parse(Yaml.Format((JsonNode)node))!;
        Assert.Equal(text, (string?)back["key"]);
        Assert.Equal(text, (string?)back["list"]![0]);
    }

    [Theory]
    [InlineData("192.0.2.232")]
    [InlineData("1.2.3")]
    [InlineData("1e")]
    [InlineData("0x")]
    [InlineData("_1")]
    [InlineData("00:16:3e:e6:85:a4")]
    public void WhatIsNoNumberStaysPlain(string text) => Assert.Equal($"key: {text}\n", Yaml.Format((JsonNode)new JsonObject { ["key"] = text }));

    [Theory]
    [InlineData("1_000")]
    [InlineData("0x1f")]
    [InlineData("-0x1f")]
    [InlineData("0o17")]
    [InlineData("0b11")]
    [InlineData("08")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("1.e3")]
    [InlineData("1.0e+5")]
    [InlineData("-.inf")]
    [InlineData(".nan")]
    [InlineData("22:33:44:55:11:12")]
    public void WhatReadsAsANumberIsQuoted(string text) => Assert.Equal($"key: \"{text}\"\n", Yaml.Format((JsonNode)new JsonObject { ["key"] = text }));

    [Fact]
    public void BombsAreRefused()
    {
        Assert.Equal(400, Assert.Throws<ApiException>(() => Yaml.Parse("a: &a [1]\nb: *a\n")).Status);
        Assert.Equal(400, Assert.Throws<ApiException>(() => Yaml.Parse(new string('[', 5000))).Status);
    }

    [Fact]
    public void ConfigurationIsAlwaysText()
    {
        var node = Yaml.Parse("size: 2\nconfig:\n  limits.cpu: 2\n  version: 1.10\n  on: true\n  none:\ndevices:\n  root:\n    size: 10\nproperties: [1]\n")!;
        Assert.Equal(2, (long?)node["size"]);
        Assert.Equal(["2", "1.10", "true", ""], node["config"]!.AsObject().Select(p => (string?)p.Value));
        Assert.Equal("10", (string?)node["devices"]!["root"]!["size"]);
        Assert.Equal(1, (long?)node["properties"]![0]);
    }

    [Fact]
    public void AnEmptyDocumentIsNothing() => Assert.Null(Yaml.Parse(""));
}
