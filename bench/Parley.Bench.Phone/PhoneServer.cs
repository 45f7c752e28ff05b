using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Phone;
using Parley.Protocol;
using Parley.Server;

namespace Parley.Bench.Phone;

/// <summary>A server whose model talks as long as it hears something: both directions are busy all the time.</summary>
internal static class PhoneServer
{
    internal static async Task RunAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var live = builder.Services.AddLiveApi().UseDefaultModel(static _ => new TalkingModel()).UseDirectSockets();
        live.AddPhone(static phone => phone.AllowLocalStreams = true);
        await using var app = builder.Build();
        app.MapPhone();
        await app.StartAsync(cancellationToken);
        Console.WriteLine(app.Urls.Single());
        await Console.In.ReadToEndAsync(cancellationToken);
        await app.StopAsync(cancellationToken);
    }

    private sealed class TalkingModel : ILiveModel
    {
        public ValueTask<ILiveModelSession> StartAsync(LiveModelStart start, ILiveModelOutput output, CancellationToken cancellationToken) => new(new Session(output));
    }

    private sealed class Session(ILiveModelOutput output) : ILiveModelSession
    {
        private static readonly byte[] Answer = Tone(TimeSpan.FromMilliseconds(100));
        private long _sequence;
        private int _heard;

        public void Receive(LiveSessionRequest message)
        {
        }

        public void ReceiveAudio(ReadOnlySpan<byte> pcm, int rateHz)
        {
            // For each 100 ms of 16 kHz.
            for (_heard += pcm.Length; _heard >= 3_200; _heard -= 3_200)
                output.SendMedia(new LiveMedia(1, ++_sequence, Answer, null));
        }

        public void MediaSent(in LiveMedia media)
        {
        }

        public ValueTask DisposeAsync() => default;

        private static byte[] Tone(TimeSpan duration)
        {
            var samples = new short[(int)(duration.TotalSeconds * AudioFormat.OutputRateHz)];
            for (var i = 0; i < samples.Length; i++)
                samples[i] = (short)(8_000 * Math.Sin(2 * Math.PI * 440 * i / AudioFormat.OutputRateHz));
            return Parley.Audio.Pcm.ToBytes(samples);
        }
    }
}
