using System.Globalization;
using Microsoft.Extensions.AI;
using Parley.Assistant.Functions;
using Parley.Assistant.Images;
using Parley.Assistant.Languages;
using Parley.Cascade.Answering;

namespace Parley.Assistant.Rules;

/// <summary>Everything that the answer to one turn may depend on.</summary>
internal sealed class TurnContext
{
    public TurnContext(IEnumerable<ChatMessage> messages, ChatOptions? options, DateTimeOffset now)
    {
        Now = now;
        Tail = new ConversationTail(messages);
        (Heard, SpeechSeconds) = UnrecognizedSpeech.TakeFrom(Tail.Heard);
        var instructions = new[] { options?.Instructions, Tail.LeadingInstruction }.Where(text => !string.IsNullOrWhiteSpace(text));
        Persona = Persona.From(string.Join('\n', instructions), SessionLanguage.Of(options));
        Functions = options?.ToolMode is NoneChatToolMode
            ? []
            : [.. (options?.Tools ?? []).OfType<AIFunctionDeclaration>().Select(FunctionShape.From)];
        ReplyId = string.Create(CultureInfo.InvariantCulture, $"rules-{Tail.Count}-{StableHash(Heard.Text):x8}");
    }

    public DateTimeOffset Now { get; }

    public ConversationTail Tail { get; }

    /// <summary>What the user said in words, without the placeholders of unrecognized speech.</summary>
    public Utterance Heard { get; }

    /// <summary>Seconds of speech that was not recognized; 0 if there was none.</summary>
    public decimal SpeechSeconds { get; }

    public Persona Persona { get; }

    /// <summary>Text of the last image; null unless it was asked for and read.</summary>
    public PictureText? Reading { get; set; }

    public IReadOnlyList<FunctionShape> Functions { get; }

    /// <summary>The same for the same conversation; unique among its turns by position and text.</summary>
    public string ReplyId { get; }

    public Language Language => Persona.Language;

    public Phrases Phrases => Language.Phrases;

    // FNV-1a: string.GetHashCode differs from run to run.
    private static uint StableHash(string text)
    {
        var hash = 2_166_136_261;
        foreach (var character in text)
            hash = unchecked((hash ^ character) * 16_777_619);
        return hash;
    }
}
