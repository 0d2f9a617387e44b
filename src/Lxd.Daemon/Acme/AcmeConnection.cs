using Lxd.Daemon.Server;

namespace Lxd.Daemon.Acme;

/// <summary>How authorities are reached: through the server's proxy, checked against the system's authorities or those in the files of <c>LEGO_CA_CERTIFICATES</c>.</summary>
internal static class AcmeConnection
{
    private const int LongestAnswer = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static HttpClient Open(ServerConfig config)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = Patience, Proxy = new ServerProxy(config) };
        if (Environment.GetEnvironmentVariable("LEGO_CA_CERTIFICATES") is { Length: > 0 } files)
        {
            try
            {
                handler.SslOptions.CertificateChainPolicy = CustomAuthorities.Only(string.Join('\n', files.Split(':').Select(File.ReadAllText)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
            {
                handler.Dispose();
                throw new AcmeException($"Failed reading the authorities of LEGO_CA_CERTIFICATES: {e.Message}", cause: e);
            }
        }

        var http = new HttpClient(handler) { Timeout = Patience, MaxResponseContentBufferSize = LongestAnswer };
        http.DefaultRequestHeaders.UserAgent.ParseAdd($"LXD/{ServerService.Version}");
        return http;
    }
}
