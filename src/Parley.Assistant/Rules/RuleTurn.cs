using System.Globalization;
using Microsoft.Extensions.AI;
using Parley.Assistant.Functions;
using Parley.Assistant.Images;
using Parley.Assistant.Languages;
using Parley.Cascade.Answering;

namespace Parley.Assistant.Rules;

/// <summary>Everything one answer may depend on.</summary>
internal sealed class RuleTurn
{
    public RuleTurn(IEnumerable<ChatMessage> messages, ChatOptions? options, DateTimeOffset now)
    {
        Now = now;
        Tail = new ConversationTail(messages);
        (Heard, SpeechSeconds) = UnrecognizedSpeech.TakeFrom(Tail.Heard);
        Persona = Persona.From(string.Join('\n', new[] { options?.Instructions, Tail.LeadingInstruction }.Where(text => !string.IsNullOrWhiteSpace(text))), SessionLanguage.Of(options));
        Functions = options?.ToolMode is NoneChatToolMode
            ? []
            : [.. (options?.Tools ?? []).OfType<AIFunctionDeclaration>().Select(FunctionShape.From)];
        ReplyId = string.Create(CultureInfo.InvariantCulture, $"scripted-{Tail.Count}-{StableHash(Heard.Text):x8}");
    }

    public DateTimeOffset Now { get; }

    public ConversationTail Tail { get; }

    /// <summary>What the user said in words, without the marks of speech nobody recognized.</summary>
    public Utterance Heard { get; }

    /// <summary>Seconds of speech that arrived without words; 0 when there was none.</summary>
    public decimal SpeechSeconds { get; }

    public Persona Persona { get; }

    /// <summary>The words of the last picture, where they were asked for and looked for; null where not.</summary>
    public PictureText? Reading { get; set; }

    public IReadOnlyList<FunctionShape> Functions { get; }

    /// <summary>The same for the same conversation; position and text keep it apart from every other turn's.</summary>
    public string ReplyId { get; }

    public Language Language => Persona.Language;

    public Phrases Phrases => Language.Phrases;

    // FNV-1a: string.GetHashCode differs from run to run.
    private static uint StableHash(string text)
    {
        var hash = 2_166_136_261;
        foreach (var character in text)
        {
            hash = unchecked((hash ^ character) * 16_777_619);
        }

        return hash;
    }
}
