using System.Runtime.InteropServices;
using Parley.Speech.Worker.Pipe;
using Parley.Speech.Workers;

namespace Parley.Speech.Whisper.Decoding;

/// <summary>A decoder in a worker process or on a thread of its own.</summary>
internal sealed class ConnectedDecoder(EngineConnection connection) : IWhisperDecoder
{
    public int ProcessId => connection.ProcessId;

    /// <summary>Starts an engine and loads the model; blocks meanwhile.</summary>
    /// <param name="host">Starts a worker; null to run on a thread of this process.</param>
    /// <param name="model">Path of the model.</param>
    /// <param name="patience">The longest wait for an answer.</param>
    /// <param name="timeProvider">The clock.</param>
    public static ConnectedDecoder Start(WorkerHost? host, string model, TimeSpan patience, TimeProvider timeProvider) =>
        new(EngineConnection.Start<WhisperEngine>(host, WhisperProvider.ProviderName, patience, timeProvider, model));

    public DecodeResult Decode(in DecodeRequest request, ReadOnlySpan<short> audio)
    {
        connection.Write(PipeMessage.Request, request.ToBytes(), MemoryMarshal.AsBytes(audio));
        return DecodeResult.From(connection.Expect(PipeMessage.Result));
    }

    public void Cancel(int number) => connection.Cancel(number);

    public void Dispose() => connection.Dispose();
}
