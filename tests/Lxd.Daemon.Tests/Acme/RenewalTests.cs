using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lxd.Daemon.Acme;

namespace Lxd.Daemon.Tests.Acme;

public class RenewalTests
{
    [Theory]
    [InlineData(90, 59, false)]
    [InlineData(90, 60, true)]
    [InlineData(45, 29, false)]
    [InlineData(45, 30, true)]
    [InlineData(6, 3, false)]
    [InlineData(6, 4, true)]
    [InlineData(1000, 969, false)]
    [InlineData(1000, 970, true)]
    public void A_certificate_is_replaced_in_its_last_30_days_or_its_last_third(int lasts, int age, bool due)
    {
        var from = DateTimeOffset.UtcNow;
        using var certificate = Issue("lxd.test", "CN=authority", from, from.AddDays(lasts));
        Assert.Equal(due, IssuedCertificate.IsDue(certificate, "lxd.test", from.AddDays(age).AddMinutes(1)));
        Assert.True(IssuedCertificate.IsDue(certificate, "other.test", from));
    }

    [Fact]
    public void A_certificate_of_our_own_is_replaced()
    {
        using var certificate = Issue("lxd.test", "CN=lxd.test", DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1000));
        Assert.True(IssuedCertificate.IsDue(certificate, "lxd.test", DateTimeOffset.UtcNow));
    }

    [Fact]
    public async Task A_certificate_is_renewed_for_the_same_key_and_account()
    {
        await using var lab = await AcmeLab.StartAsync();
        var acme = lab.Renewal;
        Assert.Equal((200, ""), await lab.AskAsync());
        var first = lab.Certificate;
        await acme.RenewAsync(default);
        Assert.Equal(first, lab.Certificate);

        Assert.Equal((200, ""), await lab.SetAsync(("acme.email", "you@lxd.test")));
        acme.Now = () => DateTimeOffset.UtcNow.AddDays(61);
        await acme.RenewAsync(default);
        Assert.NotEqual(first, lab.Certificate);
        Assert.Equal(2, lab.Authority.Orders);
        Assert.Single(lab.Authority.Requested);
        Assert.Equal(["mailto:me@lxd.test", "mailto:you@lxd.test"], lab.Authority.Contacts);
    }

    [Fact]
    public async Task Another_name_or_authority_is_asked_at_once()
    {
        await using var lab = await AcmeLab.StartAsync();
        Assert.Equal((200, ""), await lab.AskAsync());
        Assert.Equal((200, ""), await lab.AskAsync(FakeAuthority.Directory + "?other"));
        Assert.Equal((200, ""), await lab.SetAsync(("acme.domain", "other.test")));
        Assert.Equal(3, lab.Authority.Orders);
        Assert.True(lab.Daemon.Daemon.Identity.Certificate.MatchesHostname("other.test"));
        Assert.Equal((200, ""), await lab.SetAsync(("acme.domain", ""), ("acme.ca_url", "")));
        Assert.Equal(3, lab.Authority.Orders);
    }

    [Fact]
    public async Task Failures_are_warned_of_and_tried_again_ever_later()
    {
        await using var lab = await AcmeLab.StartAsync();
        var acme = lab.Renewal;
        Assert.Equal((200, ""), await lab.AskAsync());
        acme.Now = () => DateTimeOffset.UtcNow.AddDays(61);
        lab.Authority.Look = _ => null;
        var waits = new List<double>();
        for (var i = 0; i < 7; i++)
        {
            await acme.RenewAsync(default);
            waits.Add((await acme.NextAsync(default)).TotalHours);
        }

        Assert.Equal([1, 2, 4, 8, 16, 24, 24], waits);
        Assert.Equal(("new", "Failed obtaining a certificate for \"lxd.test\": found nothing there (unauthorized)"), await WarningAsync(lab));

        lab.Authority.Look = lab.Look;
        await acme.RenewAsync(default);
        Assert.Equal(24, (await acme.NextAsync(default)).TotalHours);
        Assert.Equal("resolved", (await WarningAsync(lab)).Status);
    }

    [Fact]
    public async Task An_authority_that_is_asked_too_often_says_when_to_come_back()
    {
        await using var lab = await AcmeLab.StartAsync();
        var acme = lab.Renewal;
        Assert.Equal((200, ""), await lab.AskAsync());
        acme.Now = () => DateTimeOffset.UtcNow.AddDays(61);
        lab.Authority.Instead = request =>
        {
            if (request.RequestUri!.AbsolutePath != "/orders")
            {
                return null;
            }

            var response = FakeAuthority.Problem(429, "rateLimited", "too many");
            response.Headers.TryAddWithoutValidation("Retry-After", "10800");
            return response;
        };
        await acme.RenewAsync(default);
        Assert.Equal(3, (await acme.NextAsync(default)).TotalHours);
    }

    private static async Task<(string Status, string Message)> WarningAsync(AcmeLab lab)
    {
        var warning = (await lab.Daemon.GetAsync("/1.0/warnings?recursion=1"))!.AsArray().Single(w => (string?)w!["type"] == "Cannot update cluster certificate")!;
        return ((string)warning["status"]!, (string)warning["last_message"]!);
    }

    private static X509Certificate2 Issue(string name, string issuer, DateTimeOffset from, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        return request.Create(new X500DistinguishedName(issuer), X509SignatureGenerator.CreateForECDsa(key), from, until, [1, 2, 3]);
    }
}
