using Lxd.Core;
using Lxd.Core.Config.Schemas;
using Lxd.Daemon.Hosting;
using Lxd.Daemon.Server;
using Lxd.Daemon.Warnings;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Acme;

/// <summary>Keeps the server's certificate one of the authority that <c>acme.*</c> names: asks for it when the keys change, and again before it ends.</summary>
/// <param name="accountKey">Where the key of the account lies.</param>
internal sealed class AcmeService(string accountKey, TlsIdentity identity, ServerConfig config, WarningService warnings, ILogger logger) : IConfigChangeHandler
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestWaits = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private readonly SemaphoreSlim _one = new(1, 1);
    private TimeSpan _untilNext = Day;
    private TimeSpan _afterFailure = TimeSpan.FromHours(1);

    public ChallengeAnswers Answers { get; } = new();

    /// <summary>How authorities are reached.</summary>
    public Func<HttpClient> Connect { get; set; } = () => AcmeConnection.Open(config);

    /// <summary>Lets time pass while an authority makes up its mind.</summary>
    public Func<TimeSpan, CancellationToken, Task> Delay { get; set; } = Task.Delay;

    public Func<DateTimeOffset> Now { get; set; } = () => DateTimeOffset.UtcNow;

    public bool Concerns(string key) => AcmeSettings.Keys.Contains(key);

    /// <summary>Asks for the certificate before the keys are recorded: who sets them learns at once what is wrong with them. Another authority is always asked.</summary>
    public async Task<Func<Task>> PrepareAsync(ConfigChange change, CancellationToken ct)
    {
        if (AcmeSettings.Read(key => ServerKeys.Schema.Get(change.Next, key)) is { } settings)
        {
            try
            {
                var before = identity.Text;
                if (await ObtainAsync(settings, change.Keys.Contains(AcmeSettings.DirectoryKey), ct).ConfigureAwait(false))
                {
                    change.Undo.Add(() => identity.Replace(before));
                }
            }
            catch (AcmeException e)
            {
                throw ApiException.BadRequest($"Failed obtaining a certificate for \"{settings.Domain}\": {e.Message}", e);
            }
        }

        return () => warnings.ResolveAsync(WarningKind.CertificateNotRenewed, WarningSubject.Server, CancellationToken.None);
    }

    /// <summary>How long until <see cref="RenewAsync"/> is due again: a day; after failures an hour, then twice as long each time, or as long as the authority asks for.</summary>
    public Task<TimeSpan> NextAsync(CancellationToken ct) => Task.FromResult(_untilNext);

    /// <summary>Asks for a new certificate where the present one needs to be replaced.</summary>
    public async Task RenewAsync(CancellationToken ct)
    {
        _untilNext = Day;
        if (AcmeSettings.Read(config.Get) is not { } settings)
        {
            return;
        }

        try
        {
            if (await ObtainAsync(settings, force: false, ct).ConfigureAwait(false))
            {
                await warnings.ResolveAsync(WarningKind.CertificateNotRenewed, WarningSubject.Server, ct).ConfigureAwait(false);
            }

            _afterFailure = TimeSpan.FromHours(1);
        }
        catch (Exception e) when (e is AcmeException or IOException or UnauthorizedAccessException)
        {
            var asked = (e as AcmeException)?.RetryAfter;
            _untilNext = asked > _afterFailure ? asked < Day ? asked.Value : Day : _afterFailure;
            _afterFailure = _afterFailure * 2 < Day ? _afterFailure * 2 : Day;
            logger.NotObtained(settings.Domain, e.Message);
            await warnings.RaiseAsync(WarningKind.CertificateNotRenewed, WarningSubject.Server, $"Failed obtaining a certificate for \"{settings.Domain}\": {e.Message}", ct).ConfigureAwait(false);
        }
    }

    /// <returns>Whether there is a new one.</returns>
    private async Task<bool> ObtainAsync(AcmeSettings settings, bool force, CancellationToken ct)
    {
        await _one.WaitAsync(ct).ConfigureAwait(false);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(ct);
        time.CancelAfter(Longest);
        try
        {
            if (!force && !IssuedCertificate.IsDue(identity.Certificate, settings.Domain, Now()))
            {
                return false;
            }

            using var key = AccountKey.LoadOrCreate(accountKey);
            using var http = Connect();
            var order = new AcmeOrder(new AcmeClient(http, settings.Directory, key), Answers, new AcmePatience(LongestWaits, Delay));
            var pem = await order.ObtainAsync(settings, IssuedCertificate.Request(identity.Certificate, settings.Domain), time.Token).ConfigureAwait(false);
            identity.Replace(IssuedCertificate.Check(pem, identity.Certificate, settings.Domain, Now()));
            logger.Obtained(settings.Domain, identity.Certificate.NotAfter.ToUniversalTime());
            return true;
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new AcmeException("The certificate authority takes too long", cause: e);
        }
        finally
        {
            _one.Release();
        }
    }
}
