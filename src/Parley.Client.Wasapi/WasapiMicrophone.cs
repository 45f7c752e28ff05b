using System.Runtime.Versioning;
using NAudio.Wave;
using Parley.Client.Audio.Devices;

namespace Parley.Client.Wasapi;

/// <summary>The default microphone. Windows converts to the format that is asked for.</summary>
[SupportedOSPlatform("windows10.0")]
internal static class WasapiMicrophone
{
    private const int BufferMilliseconds = 40;

    internal static PushedInput Open(WaveFormat format)
    {
        var recorder = new WasapiRecorderBuilder().WithSharedMode().WithEventSync().WithBufferLength(BufferMilliseconds)
            .WithFormat(format).WithCommunicationsMode().Build();
        var input = new PushedInput(format.SampleRate, recorder.DisposeAsync);
        recorder.DataAvailable += (buffer, _, _, _) => input.Push(buffer);
        recorder.RecordingStopped += (_, stopped) => input.Fail(stopped.Exception);
        try
        {
            recorder.StartRecording();
            return input;
        }
        catch
        {
            recorder.Dispose();
            throw;
        }
    }
}
