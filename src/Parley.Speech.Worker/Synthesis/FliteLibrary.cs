using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Parley.Speech.Worker.Synthesis;

/// <summary>
/// The functions of libflite and its voices in use, loaded once per process. Flite may be called from several
/// threads as long as settings are made on the utterance, never on the shared voice.
/// </summary>
internal sealed unsafe class FliteLibrary : ISpeaker
{
    public const string FileName = "libflite.so.1";

    private static readonly string[] VoiceNames = ["slt", "rms", "awb", "kal16"];
    private static readonly Lazy<(FliteLibrary? Library, string Problem)> Instance = new(Load);

    private readonly Dictionary<string, nint> _voices = [];
    private readonly delegate* unmanaged[Cdecl]<nint> _newUtterance;
    private readonly delegate* unmanaged[Cdecl]<nint, void> _deleteUtterance;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, int> _setInputText;
    private readonly delegate* unmanaged[Cdecl]<nint, nint, nint> _initUtterance;
    private readonly delegate* unmanaged[Cdecl]<nint, nint> _synthesize;
    private readonly delegate* unmanaged[Cdecl]<StreamingInfo*> _newStreamingInfo;
    private readonly delegate* unmanaged[Cdecl]<StreamingInfo*, nint> _streamingInfoValue;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, nint, void> _setFeature;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, float, void> _setFloatFeature;

    // Flite keeps the pointers to feature names, so these live as long as the process.
    private readonly byte* _streamingInfoName = PermanentName("streaming_info");
    private readonly byte* _stretchName = PermanentName("duration_stretch");
    private readonly byte* _pitchName = PermanentName("f0_shift");

    private FliteLibrary(nint library)
    {
        _newUtterance = (delegate* unmanaged[Cdecl]<nint>)NativeLibrary.GetExport(library, "new_utterance");
        _deleteUtterance = (delegate* unmanaged[Cdecl]<nint, void>)NativeLibrary.GetExport(library, "delete_utterance");
        _setInputText = (delegate* unmanaged[Cdecl]<nint, byte*, int>)NativeLibrary.GetExport(library, "utt_set_input_text");
        _initUtterance = (delegate* unmanaged[Cdecl]<nint, nint, nint>)NativeLibrary.GetExport(library, "utt_init");
        _synthesize = (delegate* unmanaged[Cdecl]<nint, nint>)NativeLibrary.GetExport(library, "utt_synth");
        _newStreamingInfo = (delegate* unmanaged[Cdecl]<StreamingInfo*>)NativeLibrary.GetExport(library, "new_audio_streaming_info");
        _streamingInfoValue = (delegate* unmanaged[Cdecl]<StreamingInfo*, nint>)NativeLibrary.GetExport(library, "audio_streaming_info_val");
        _setFeature = (delegate* unmanaged[Cdecl]<nint, byte*, nint, void>)NativeLibrary.GetExport(library, "flite_feat_set");
        _setFloatFeature = (delegate* unmanaged[Cdecl]<nint, byte*, float, void>)NativeLibrary.GetExport(library, "flite_feat_set_float");
        ((delegate* unmanaged[Cdecl]<int>)NativeLibrary.GetExport(library, "flite_init"))();

        foreach (var name in VoiceNames)
        {
            if (NativeLibrary.TryLoad($"libflite_cmu_us_{name}.so.1", out var handle)
                && NativeLibrary.TryGetExport(handle, $"register_cmu_us_{name}", out var register))
            {
                _voices[name] = ((delegate* unmanaged[Cdecl]<nint, nint>)register)(0);
            }
        }
    }

    /// <summary>Returns the library, or the reason why it cannot be loaded.</summary>
    public static bool TryGet([NotNullWhen(true)] out FliteLibrary? library, out string problem)
    {
        (library, problem) = Instance.Value;
        return library is not null;
    }

    /// <inheritdoc/>
    /// <remarks>On this thread; any number of threads may speak at once.</remarks>
    public void Speak(string text, string baseVoice, float stretch, float pitch, IFliteListener listener)
    {
        // All voices have the same type; the first one replaces a missing one.
        if (!_voices.TryGetValue(baseVoice, out var voice))
            voice = _voices.Values.First();

        var handle = GCHandle.Alloc(listener);
        var nativeText = (byte*)Marshal.StringToCoTaskMemUTF8(text);
        var utterance = _newUtterance();
        try
        {
            _setInputText(utterance, nativeText);
            _initUtterance(utterance, voice);

            // Owned by the utterance once it is set, and freed with it.
            var streaming = _newStreamingInfo();
            streaming->Callback = &OnAudio;
            streaming->UserData = GCHandle.ToIntPtr(handle);
            var features = *(nint*)utterance;
            _setFeature(features, _streamingInfoName, _streamingInfoValue(streaming));
            _setFloatFeature(features, _stretchName, stretch);
            if (pitch != 1)
                _setFloatFeature(features, _pitchName, pitch);

            _synthesize(utterance);
        }
        finally
        {
            _deleteUtterance(utterance);
            Marshal.FreeCoTaskMem((nint)nativeText);
            handle.Free();
        }
    }

    /// <summary>Stays loaded: it is shared by the process.</summary>
    public void Dispose()
    {
    }

    private static (FliteLibrary?, string) Load()
    {
        if (!NativeLibrary.TryLoad(FileName, out var handle))
            return (null, $"{FileName} not found");
        try
        {
            var library = new FliteLibrary(handle);
            return library._voices.Count > 0 ? (library, "") : (null, $"{FileName} found, but none of its voices");
        }
        catch (EntryPointNotFoundException e)
        {
            return (null, $"{FileName} is an incompatible version ({e.Message})");
        }
    }

    private static byte* PermanentName(string name) => (byte*)Marshal.StringToCoTaskMemUTF8(name);

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static int OnAudio(Wave* wave, int start, int size, int isLast, StreamingInfo* streaming)
    {
        const int goOn = 0;
        const int stop = -1;
        var listener = (IFliteListener)GCHandle.FromIntPtr(streaming->UserData).Target!;
        return listener.OnAudio(new ReadOnlySpan<short>(wave->Samples + start, size), wave->SampleRateHz) ? goOn : stop;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Wave
    {
        public nint Type;
        public int SampleRateHz;
        public int SampleCount;
        public int ChannelCount;
        public short* Samples;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct StreamingInfo
    {
        public int MinBufferSize;
        public delegate* unmanaged[Cdecl]<Wave*, int, int, int, StreamingInfo*, int> Callback;
        public nint Utterance;
        public nint Item;
        public nint UserData;
    }
}

/// <summary>Receives the audio of one utterance. Must not throw: it is called from native code.</summary>
internal interface IFliteListener
{
    /// <summary>Receives more samples, valid during the call only.</summary>
    /// <returns>Whether to continue.</returns>
    bool OnAudio(ReadOnlySpan<short> samples, int sampleRateHz);
}
