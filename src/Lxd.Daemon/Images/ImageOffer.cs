using Lxd.Core.Api;

namespace Lxd.Daemon.Images;

/// <summary>Which image of a server is meant.</summary>
/// <param name="Name">An alias or a fingerprint.</param>
/// <param name="Type"><c>container</c>, <c>virtual-machine</c>, or empty for either.</param>
/// <param name="Architectures">Of which architectures, the preferred one first, where the name says nothing of it.</param>
internal sealed record ImageQuery(string Name, string Type, IReadOnlyList<string> Architectures);

/// <summary>An image that a server has.</summary>
/// <param name="Image">As the server describes it.</param>
/// <param name="Fetch">Fetches its files into a folder.</param>
internal sealed record ImageOffer(Image Image, Func<ImageFolder, Action<string>, CancellationToken, Task<ReceivedImage>> Fetch);
