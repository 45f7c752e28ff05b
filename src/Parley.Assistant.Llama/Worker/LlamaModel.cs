using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using LLama;
using LLama.Native;
using Parley.Assistant.Llama.Engine;
using Parley.Assistant.Llama.Prompts;

namespace Parley.Assistant.Llama.Worker;

/// <summary>A loaded model and one context with a sequence for each conversation.</summary>
internal sealed partial class LlamaModel : IDisposable
{
    /// <summary>Most tokens of one step; also the unit of computation.</summary>
    public const int BatchSize = 256;

    private const string ChatMl = "chatml";
    private const string ChatMlMark = "<|im_start|>";

    // Once: engines on threads share the library of the process.
    private static readonly Lazy<bool> Library = new(LoadLibrary);

    private readonly SafeLlamaModelHandle _model;
    private readonly SearchValues<string> _controlTexts;
    private readonly string[] _controls;
    private readonly string? _template;

    public LlamaModel(WorkerSettings settings)
    {
        try
        {
            _ = Library.Value;
            var parameters = LLamaModelParams.Default();
            parameters.n_gpu_layers = 0;
            _model = SafeLlamaModelHandle.LoadFromFile(settings.Path, parameters);
            if (!_model.HasDecoder)
                throw new InvalidOperationException("it does not generate text");
            ContextLength = Math.Min(settings.ContextLength, Math.Max(_model.ContextSize, 256));
            Context = SafeLLamaContextHandle.Create(_model, ContextParameters(settings, ContextLength));
        }
        catch (Exception e) when (e is not (OutOfMemoryException or TypeInitializationException))
        {
            throw new InvalidOperationException($"The model {settings.Path} cannot be loaded: {e.Message} {NativeLog.TakeErrors()}".TrimEnd(), e);
        }
        catch (TypeInitializationException e)
        {
            throw new InvalidOperationException(
                $"llama.cpp cannot be loaded: {(e.InnerException ?? e).Message} On Linux it needs libgomp (Debian: apt-get install libgomp1).", e);
        }
        _controls = [.. ControlTexts()];
        _controlTexts = SearchValues.Create(_controls, StringComparison.Ordinal);
        _template = FindTemplate();
    }

    public SafeLLamaContextHandle Context { get; }

    /// <summary>Most tokens of a conversation.</summary>
    public int ContextLength { get; }

    public SafeLlamaModelHandle.Vocabulary Vocabulary => _model.Vocab;

    public StreamingTokenDecoder NewDecoder() => new(Encoding.UTF8, _model) { DecodeSpecialTokens = false };

    /// <summary>
    /// The tokens of a conversation in the form that the model was trained for, up to where its answer begins; with the token that begins a text
    /// if the vocabulary wants one.
    /// </summary>
    public LLamaToken[] Tokenize(IEnumerable<PromptMessage> messages, string begin) =>
        _model.Tokenize(Render(messages) + begin, true, true, Encoding.UTF8);

    public void Dispose()
    {
        Context.Dispose();
        _model.Dispose();
    }

    private static LLamaContextParams ContextParameters(WorkerSettings settings, int length)
    {
        var parameters = LLamaContextParams.Default();
        parameters.n_ctx = (uint)(length * settings.Conversations);
        parameters.n_batch = parameters.n_ubatch = BatchSize;
        parameters.n_seq_max = (uint)settings.Conversations;
        parameters.n_threads = parameters.n_threads_batch = settings.Threads;
        parameters.no_perf = true;
        return parameters;
    }

    private string Render(IEnumerable<PromptMessage> messages)
    {
        if (_template is null)
            return PlainText(messages);
        var template = new LLamaTemplate(_template) { AddAssistant = true };
        foreach (var message in messages)
            template.Add(message.Role, Harmless(message.Text));
        return Encoding.UTF8.GetString(template.Apply());
    }

    // For a model without a template that is known: the form of a dialogue in a book. The application stops at the next "User:".
    private string PlainText(IEnumerable<PromptMessage> messages)
    {
        var text = new StringBuilder();
        foreach (var (role, words) in messages)
            text.Append(role == "system" ? "" : role == "assistant" ? "Assistant: " : "User: ").Append(Harmless(words)).Append('\n');
        return text.Append("Assistant:").ToString();
    }

    // Text of a user that looks like a control token must not become one: it could end its message and begin another.
    private string Harmless(string text)
    {
        if (!text.AsSpan().ContainsAny(_controlTexts))
            return text;
        return _controls.Aggregate(text, static (cleaned, control) => cleaned.Replace(control, control.Insert(1, " "), StringComparison.Ordinal));
    }

    private IEnumerable<string> ControlTexts()
    {
        for (var token = 0; token < _model.Vocab.Count; token++)
        {
            if (((LLamaToken)token).IsControl(_model.Vocab) && _model.Vocab.LLamaTokenToString(token, true) is { Length: > 1 } text)
                yield return text;
        }
    }

    private string? FindTemplate()
    {
        var own = _model.MetadataValueByKey("tokenizer.chat_template") is { } bytes ? Encoding.UTF8.GetString(bytes.Span).TrimEnd('\0') : null;
        if (own is not null && IsKnown(own))
            return own;
        return Array.IndexOf(_controls, ChatMlMark) >= 0 ? ChatMl : null;
    }

    private static bool IsKnown(string template)
    {
        try
        {
            var test = new LLamaTemplate(template) { AddAssistant = true };
            test.Add("user", "Hello");
            return test.Apply().Length > 0;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return false;
        }
    }

    private static bool LoadLibrary()
    {
        // If an assertion of native code fails, the library would start a debugger to print the stack. The runtime does not pass on variables
        // that it sets itself.
        if (!OperatingSystem.IsWindows())
            _ = SetVariable("GGML_NO_BACKTRACE", "1", 1);
        NativeLog.Listen();
        // Chooses the library for this processor, before anything else refers to it.
        NativeApi.llama_empty_call();
        return true;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
