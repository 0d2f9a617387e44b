using Lxd.Core.Api;
using Lxd.Linux.Archives;
using Lxd.Storage;

namespace Lxd.Daemon.Storage;

internal sealed partial class VolumeService
{
    /// <summary>A custom volume out of an uploaded file: a tar is unpacked, an ISO is kept as it is. The file is gone afterwards in any case.</summary>
    public async Task ImportAsync(VolumeRecord volume, string file, OperationRequestor requestor, CancellationToken ct)
    {
        try
        {
            await MakeAsync(volume, requestor, (driver, _, token) => driver.Volumes.CreateAsync(volume.Ref, SizeOf(volume), FillAsync, token), ct).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(file);
        }

        async Task FillAsync(VolumePlace place, CancellationToken token)
        {
            if (volume.Content == ContentType.Filesystem)
            {
                await Unpacker.UnpackAsync(file, place.Directory, new UnpackOptions { Devices = DevicePolicy.None }, token).ConfigureAwait(false);
                return;
            }

            await using var source = File.OpenRead(file);
            await using var target = new FileStream(place.Disk, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            await source.CopyToAsync(target, token).ConfigureAwait(false);
        }
    }
}
