using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Parley.Speech;

namespace Parley.Assistant.Llama;

/// <summary>
/// How a GGUF chat model runs. Read from the configuration section "ChatModel:Gguf"; the model itself is <c>ChatModel:Model</c>.
/// </summary>
public sealed class GgufOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "ChatModel:Gguf";

    /// <summary>
    /// Most tokens of a conversation, instruction and answer included; default 4096, from 256 to 1048576. Beyond it the oldest turns are left
    /// out. A longer context than the model was trained for is not used. Memory grows with it, times <see cref="Conversations"/>.
    /// </summary>
    [Range(256, 1 << 20)]
    public int ContextLength { get; set; } = 4096;

    /// <summary>
    /// Conversations that the model keeps in memory and answers at the same time; default 4, from 1 to 64. If there are more, they wait for
    /// each other, and the one that was silent longest is read again at its next turn.
    /// </summary>
    [Range(1, 64)]
    public int Conversations { get; set; } = 4;

    /// <summary>
    /// Most answers that run or wait at the same time; default 16, from 1 to 1000. One more fails at once, so that the fallback answers.
    /// </summary>
    [Range(1, 1000)]
    public int MaxAnswers { get; set; } = 16;

    /// <summary>
    /// Threads of the model; default 0: half of the processors, at most 8. More than there are cores makes it slower.
    /// </summary>
    [Range(0, 256)]
    public int Threads { get; set; }

    /// <summary>
    /// Whether a model that can think before it answers does so; default false, because the user waits meanwhile. Thoughts are never spoken.
    /// </summary>
    public bool Think { get; set; }

    /// <summary>Nucleus sampling: the share of probability to choose from; default 0.9, above 0 to 1.</summary>
    [Range(0.01, 1)]
    public float TopP { get; set; } = 0.9f;

    /// <summary>Most tokens to choose from; default 40; 0 is no limit.</summary>
    [Range(0, 1000)]
    public int TopK { get; set; } = 40;

    /// <summary>Least probability of a token, relative to the most probable one; default 0.05, from 0 to 1.</summary>
    [Range(0, 1)]
    public float MinP { get; set; } = 0.05f;

    /// <summary>Penalty of tokens that were said lately; default 1, none; from 1 to 2.</summary>
    [Range(1, 2)]
    public float RepeatPenalty { get; set; } = 1;

    /// <summary>
    /// Time limit for each step of the model; default 60 seconds, from 1 second to 1 hour; loading may take three times as long. After it
    /// the worker is replaced.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StepTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Where the model runs; default: in a process of its own.</summary>
    public EngineIsolation Isolation { get; set; }

    internal int ThreadCount => Threads > 0 ? Threads : Math.Clamp(Environment.ProcessorCount / 2, 1, 8);
}

[OptionsValidator]
internal sealed partial class GgufOptionsValidator : IValidateOptions<GgufOptions>;
