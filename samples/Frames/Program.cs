// Sends pictures and asks what they show: files, or JPEG frames from a pipe, one per second, which is the rate of the service.
//   dotnet run --project samples/Frames photo.jpg
//   ffmpeg -v error -f v4l2 -i /dev/video0 -t 5 -r 1 -f mjpeg - | dotnet run --project samples/Frames          the camera
//   ffmpeg -v error -f x11grab -i :0 -t 5 -r 1 -f mjpeg - | dotnet run --project samples/Frames                the screen
using Parley.Client;

var key = Environment.GetEnvironmentVariable("GEMINI_API_KEY") is { Length: > 0 } own ? own : "parley-dev";
var server = Environment.GetEnvironmentVariable("PARLEY_URL") ?? "http://127.0.0.1:8080";
await using var session = await LiveClient.FromApiKey(key, new LiveClientOptions { BaseAddress = new Uri(server) })
    .ConnectAsync(new LiveSetup { Model = "gemini-3.8-live", OutputTranscription = true });

using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
var sent = 0;
await foreach (var frame in args.Length > 0 ? FilesAsync() : PipeAsync())
{
    if (sent++ > 0)
        await second.WaitForNextTickAsync();
    await session.SendVideoAsync(frame);
}
Console.Error.WriteLine($"{sent} pictures sent");

await foreach (var update in session.AskStreamingAsync("What do you see?"))
{
    if (update is OutputTranscriptUpdate words)
        Console.Write(words.Text);
}

async IAsyncEnumerable<ReadOnlyMemory<byte>> FilesAsync()
{
    foreach (var file in args)
        yield return await File.ReadAllBytesAsync(file);
}

// A JPEG begins with FF D8 and ends with FF D9, which does not occur inside it.
async IAsyncEnumerable<ReadOnlyMemory<byte>> PipeAsync()
{
    using var frame = new MemoryStream();
    await using var input = new BufferedStream(Console.OpenStandardInput());
    for (int before = 0, now; (now = input.ReadByte()) >= 0; before = now)
    {
        frame.WriteByte((byte)now);
        if ((before, now) != (0xFF, 0xD9))
            continue;
        yield return frame.ToArray();
        frame.SetLength(0);
    }
}
