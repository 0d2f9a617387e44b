using System.Text;
using Lxd.Core;

namespace Lxc.Commands.Images;

/// <summary>Saves the parts of a multipart answer as files, streaming: an image's parts may be larger than memory.</summary>
internal static class MultipartFiles
{
    public static async Task SaveAsync(HttpResponseMessage response, string target, CancellationToken ct)
    {
        var boundary = response.Content.Headers.ContentType!.Parameters.First(p => p.Name == "boundary").Value!.Trim('"');
        var delimiter = Encoding.ASCII.GetBytes($"\r\n--{boundary}");
        await using var body = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
        var reader = new BoundedReader(body, delimiter);
        var head = await reader.LineAsync(ct).ConfigureAwait(false);
        while (head == $"--{boundary}")
        {
            var name = "";
            while (await reader.LineAsync(ct).ConfigureAwait(false) is { Length: > 0 } line)
            {
                if (line.Contains("filename=\"", StringComparison.Ordinal))
                {
                    name = Path.GetFileName(line.Split("filename=\"")[1].Split('"')[0]);
                }
            }

            var path = Directory.Exists(target) ? Path.Combine(target, name) : name.StartsWith("meta-", StringComparison.Ordinal) ? target : target + ".root";
            await using (var file = File.Create(path))
            {
                await reader.CopyPartAsync(file, ct).ConfigureAwait(false);
            }

            head = "--" + boundary + await reader.LineAsync(ct).ConfigureAwait(false);
        }
    }

    private sealed class BoundedReader(Stream stream, byte[] delimiter)
    {
        private byte[] _buffer = new byte[1 << 20];
        private int _start;
        private int _end;

        public async Task<string> LineAsync(CancellationToken ct)
        {
            int at;
            while ((at = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8)) < 0)
            {
                if (!await FillAsync(ct).ConfigureAwait(false))
                {
                    return "";
                }
            }

            var line = Encoding.UTF8.GetString(_buffer, _start, at);
            _start += at + 2;
            return line;
        }

        public async Task CopyPartAsync(Stream output, CancellationToken ct)
        {
            while (true)
            {
                var at = _buffer.AsSpan(_start, _end - _start).IndexOf(delimiter);
                if (at >= 0)
                {
                    await output.WriteAsync(_buffer.AsMemory(_start, at), ct).ConfigureAwait(false);
                    _start += at + delimiter.Length;
                    return;
                }

                var safe = Math.Max(0, _end - _start - delimiter.Length);
                await output.WriteAsync(_buffer.AsMemory(_start, safe), ct).ConfigureAwait(false);
                _start += safe;
                if (!await FillAsync(ct).ConfigureAwait(false))
                {
                    throw new ApiException(0, "The answer ended in the middle of a part");
                }
            }
        }

        private async Task<bool> FillAsync(CancellationToken ct)
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }

            if (_end == _buffer.Length)
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }

            var count = await stream.ReadAsync(_buffer.AsMemory(_end), ct).ConfigureAwait(false);
            _end += count;
            return count > 0;
        }
    }
}
