using System.Buffers;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Parley.Protocol;

namespace Parley.Bench.Client;

/// <summary>
/// Sends prebuilt answers: the text "1000 5" returns a thousand messages of 40 ms of audio, 5 ms apart, and the end of a turn;
/// <c>audioStreamEnd</c> returns the end of a turn once everything before it has been read. Exits when its standard input ends.
/// </summary>
internal static class CannedServer
{
    internal const int PcmBytes = 24_000 / 25 * 2;

    private static readonly byte[] SetupComplete = "{\"setupComplete\":{}}"u8.ToArray();
    private static readonly byte[] TurnComplete = "{\"serverContent\":{\"turnComplete\":true}}"u8.ToArray();
    private static readonly byte[] Audio = WriteAudio();

    internal static async Task RunAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.UseWebSockets();
        app.Run(TalkAsync);
        await app.StartAsync(cancellationToken);
        Console.WriteLine(app.Urls.First());
        await Console.In.ReadToEndAsync(cancellationToken);
    }

    private static async Task TalkAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var message = new ArrayBufferWriter<byte>(64 << 10);
        while (true)
        {
            message.ResetWrittenCount();
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(message.GetMemory(32 << 10), context.RequestAborted);
                message.Advance(part.Count);
            }
            while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Close)
                break;
            // Audio messages are long and all others short, so long messages are not parsed.
            if (message.WrittenCount < 900)
                await AnswerAsync(socket, message.WrittenMemory, context.RequestAborted);
        }
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }

    private static async Task AnswerAsync(WebSocket socket, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(message);
        var root = document.RootElement;
        if (root.TryGetProperty("setup", out _))
        {
            await socket.SendAsync(SetupComplete, WebSocketMessageType.Binary, true, cancellationToken);
        }
        else if (root.TryGetProperty("realtimeInput", out var input) && input.TryGetProperty("text", out var text))
        {
            var numbers = text.GetString()!.Split(' ');
            await SpeakAsync(socket, int.Parse(numbers[0], CultureInfo.InvariantCulture), int.Parse(numbers[1], CultureInfo.InvariantCulture), cancellationToken);
            await socket.SendAsync(TurnComplete, WebSocketMessageType.Binary, true, cancellationToken);
        }
        else if (root.TryGetProperty("realtimeInput", out input) && input.TryGetProperty("audioStreamEnd", out _))
        {
            await socket.SendAsync(TurnComplete, WebSocketMessageType.Binary, true, cancellationToken);
        }
    }

    private static async Task SpeakAsync(WebSocket socket, int count, int pauseMilliseconds, CancellationToken cancellationToken)
    {
        using var pace = pauseMilliseconds > 0 ? new PeriodicTimer(TimeSpan.FromMilliseconds(pauseMilliseconds)) : null;
        for (var i = 0; i < count; i++)
        {
            if (pace is not null)
                await pace.WaitForNextTickAsync(cancellationToken);
            await socket.SendAsync(Audio, WebSocketMessageType.Binary, true, cancellationToken);
        }
    }

    private static byte[] WriteAudio()
    {
        var pcm = new byte[PcmBytes];
        new Random(7).NextBytes(pcm);
        var message = new byte[AudioMessage.OutputBytes(PcmBytes)];
        return message[..AudioMessage.WriteOutput(pcm, message)];
    }
}
