using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lxd.Core;

namespace Lxd.Daemon.Identities;

/// <summary>The authority whose certificates clients have to have, where <c>server.ca</c> stands in the daemon's directory; <c>ca.crl</c> beside it tells which are revoked.
/// Both are read at the start.</summary>
internal sealed class Pki
{
    private readonly X509Certificate2Collection _anchors = [];
    private readonly HashSet<BigInteger> _revoked = [];
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, bool> _verdicts = new();

    public bool IsOn => _anchors.Count > 0;

    public static Pki Load(string directory)
    {
        var pki = new Pki();
        var authority = Path.Combine(directory, "server.ca");
        if (!File.Exists(authority))
        {
            return pki;
        }

        pki._anchors.ImportFromPemFile(authority);
        var list = Path.Combine(directory, "ca.crl");
        if (File.Exists(list))
        {
            var text = File.ReadAllText(list);
            var fields = PemEncoding.Find(text);
            pki.ReadRevocations(Convert.FromBase64String(text[fields.Base64Data]));
        }

        return pki;
    }

    /// <summary>Throws forbidden unless the certificate is the authority's and not revoked; without an authority any is good.</summary>
    public void Check(X509Certificate2 certificate)
    {
        if (IsOn && !Accepts(certificate))
        {
            throw ApiException.Forbidden("The certificate is not signed by the server's authority, or is revoked");
        }
    }

    public bool Accepts(X509Certificate2 certificate) => _verdicts.GetOrAdd(CertificateFiles.Fingerprint(certificate), _ => Verify(certificate));

    private bool Verify(X509Certificate2 certificate)
    {
        if (_revoked.Contains(new BigInteger(certificate.SerialNumberBytes.Span, isUnsigned: true, isBigEndian: true)))
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_anchors);
        chain.ChainPolicy.ExtraStore.AddRange(_anchors);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        // An anchor may itself be signed by somebody else.
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        return chain.Build(certificate) && _anchors.Any(a => a.RawDataMemory.Span.SequenceEqual(chain.ChainElements[^1].Certificate.RawDataMemory.Span)) && chain.ChainElements.Count > 1;
    }

    /// <summary>CertificateList of RFC 5280: a signed list of serial numbers. One that the authority did not sign is a reason not to start with it.</summary>
    private void ReadRevocations(byte[] der)
    {
        var list = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        var body = list.PeekEncodedValue();
        var signed = list.ReadSequence();
        var algorithm = list.ReadSequence().ReadObjectIdentifier();
        var signature = list.ReadBitString(out _);
        if (!_anchors.Any(a => IsSignedBy(a, algorithm, body.Span, signature)))
        {
            throw new InvalidOperationException("ca.crl is not signed by the authority in server.ca");
        }

        if (signed.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
        {
            signed.ReadInteger();
        }

        signed.ReadSequence();
        signed.ReadSequence();
        while (signed.HasData && signed.PeekTag() is { TagClass: TagClass.Universal, TagValue: (int)UniversalTagNumber.UtcTime or (int)UniversalTagNumber.GeneralizedTime })
        {
            signed.ReadEncodedValue();
        }

        if (!signed.HasData || !signed.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            return;
        }

        var entries = signed.ReadSequence();
        while (entries.HasData)
        {
            _revoked.Add(entries.ReadSequence().ReadInteger());
        }
    }

    private static bool IsSignedBy(X509Certificate2 authority, string algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var hash = algorithm switch
        {
            "1.2.840.10045.4.3.2" or "1.2.840.113549.1.1.11" => HashAlgorithmName.SHA256,
            "1.2.840.10045.4.3.3" or "1.2.840.113549.1.1.12" => HashAlgorithmName.SHA384,
            "1.2.840.10045.4.3.4" or "1.2.840.113549.1.1.13" => HashAlgorithmName.SHA512,
            _ => default,
        };
        if (hash == default)
        {
            return false;
        }

        if (authority.GetECDsaPublicKey() is { } ec)
        {
            using (ec)
            {
                return ec.VerifyData(data, signature, hash, DSASignatureFormat.Rfc3279DerSequence);
            }
        }

        using var rsa = authority.GetRSAPublicKey();
        return rsa?.VerifyData(data, signature, hash, RSASignaturePadding.Pkcs1) ?? false;
    }
}
