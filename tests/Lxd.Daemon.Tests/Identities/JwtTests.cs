using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Lxd.Daemon.Identities;

namespace Lxd.Daemon.Tests.Identities;

/// <summary>Tokens that are what they say, and others.</summary>
public sealed class JwtTests
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(64);

    private static string Good() => Jwt.Sign("lxd:1", "me", "lxd:1", DateTime.UtcNow, DateTime.UtcNow.AddHours(1), Key);

    [Fact]
    public void ATokenComesBackAsItWasMade()
    {
        var token = Jwt.Read(Good())!;
        Assert.True(token.IsSignedWith(Key));
        Assert.Equal(("lxd:1", "me"), (token.Issuer, token.Subject));
        Assert.Equal(["lxd:1"], token.Audience);
        Assert.True(token.Expires > DateTime.UtcNow.AddMinutes(59));
    }

    [Fact]
    public void AnotherKeyDoesNotDo() => Assert.False(Jwt.Read(Good())!.IsSignedWith(RandomNumberGenerator.GetBytes(64)));

    [Theory]
    [InlineData("""{"alg":"none"}""")]
    [InlineData("""{"alg":"None"}""")]
    [InlineData("""{"alg":"HS256"}""")]
    [InlineData("""{"alg":"hs512"}""")]
    [InlineData("""{"alg":"RS256"}""")]
    [InlineData("""{}""")]
    [InlineData("""{"alg":null}""")]
    [InlineData("""{"alg":["HS512"]}""")]
    public void NoOtherAlgorithmIsBelieved(string header)
    {
        var parts = Good().Split('.');
        var signed = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header)) + "." + parts[1];
        foreach (var signature in (byte[][])[[], HMACSHA512.HashData(Key, Encoding.ASCII.GetBytes(signed)), HMACSHA256.HashData(Key, Encoding.ASCII.GetBytes(signed))])
        {
            Assert.False(Jwt.Read(signed + "." + Base64Url.EncodeToString(signature))?.IsSignedWith(Key) ?? false);
        }
    }

    [Fact]
    public void AChangedClaimBreaksTheSignature()
    {
        var parts = Good().Split('.');
        var claims = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])).Replace("\"me\"", "\"root\"");
        var forged = Jwt.Read($"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.{parts[2]}")!;
        Assert.Equal("root", forged.Subject);
        Assert.False(forged.IsSignedWith(Key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a.b")]
    [InlineData("a.b.c")]
    [InlineData("..")]
    [InlineData("e30.e30")]
    [InlineData("W10.e30.")]
    [InlineData("e30.W10.")]
    [InlineData("e30.e30.e30.e30")]
    [InlineData("ä.ö.ü")]
    public void WhatIsNoTokenIsNone(string text) => Assert.Null(Jwt.Read(text));

    [Fact]
    public void AGiantIsNotRead() => Assert.Null(Jwt.Read(new string('a', 1 << 20) + ".b.c"));

    [Theory]
    [InlineData("""{"exp":"soon"}""")]
    [InlineData("""{"exp":-1}""")]
    [InlineData("""{"exp":1e300}""")]
    [InlineData("""{"exp":null}""")]
    [InlineData("""{}""")]
    public void ATokenWithoutAGoodEndHasEnded(string claims) =>
        Assert.Equal(default, Jwt.Read($"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.e30")!.Expires);

    [Fact]
    public void KeysOfProvidersVerifyTheirOwnAlgorithmsOnly()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = ec.ExportParameters(false).Q;
        var key = new System.Text.Json.Nodes.JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y) };
        string Sign(string alg)
        {
            var signed = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"{{alg}}"}""")) + ".e30";
            return signed + "." + Base64Url.EncodeToString(ec.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256));
        }

        Assert.True(Jwt.Read(Sign("ES256"))!.IsSignedWith(key));
        Assert.False(Jwt.Read(Sign("ES384"))!.IsSignedWith(key));
        Assert.False(Jwt.Read(Sign("RS256"))!.IsSignedWith(key));
        Assert.False(Jwt.Read(Sign("none"))!.IsSignedWith(key));
        Assert.False(Jwt.Read(Sign("HS256"))!.IsSignedWith(key));
    }
}
