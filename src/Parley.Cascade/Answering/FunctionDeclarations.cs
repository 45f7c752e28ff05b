using System.Text.Json;
using Microsoft.Extensions.AI;
using Parley.Conversation;
using Parley.Protocol;
using Parley.Server;

namespace Parley.Cascade.Answering;

/// <summary>
/// Functions and generation settings of a session as <see cref="ChatOptions"/>; tools are converted once, and again when the functions
/// change.
/// </summary>
internal sealed class FunctionDeclarations(ConversationOptions conversation, string sessionId, LiveCaller? caller)
{
    private static readonly JsonElement NoParameters = JsonElement.Parse("""{"type":"object","properties":{}}""");

    // Replaced as a whole: an answer that was cancelled may still be starting on another thread.
    private volatile Declared? _declared;

    /// <summary>Whether the result of a function may come later than directly after its call.</summary>
    internal bool MayAnswerLate { get; private set; }

    internal ChatOptions OptionsFor(GenerationRequest request)
    {
        var declared = _declared;
        if (!ReferenceEquals(declared?.Functions, request.Functions))
        {
            declared = new Declared(request.Functions, request.Functions.Count == 0 ? null : [.. request.Functions.Select(Declare)]);
            MayAnswerLate |= request.Functions.Any(IsNonBlocking);
            _declared = declared;
        }
        var generation = conversation.Setup.GenerationConfig;
        var options = new ChatOptions
        {
            Instructions = request.SystemInstruction,
            Tools = declared!.Tools,
            Temperature = (float?)generation?.Temperature,
            TopP = (float?)generation?.TopP,
            TopK = (int?)generation?.TopK,
            MaxOutputTokens = generation?.MaxOutputTokens,
            PresencePenalty = (float?)generation?.PresencePenalty,
            FrequencyPenalty = (float?)generation?.FrequencyPenalty,
            Seed = generation?.Seed,
        };
        SessionId.Set(options, sessionId);
        SessionCaller.Set(options, caller);
        SessionLanguage.Set(options, generation?.SpeechConfig?.LanguageCode);
        return options;
    }

    private bool IsNonBlocking(FunctionDeclaration function)
    {
        var behavior = function.Behavior is { } given && given != Behavior.Unspecified ? given : conversation.DefaultBehavior;
        return behavior == Behavior.NonBlocking;
    }

    private static AIFunctionDeclaration Declare(FunctionDeclaration function) =>
        AIFunctionFactory.CreateDeclaration(
            function.Name ?? "",
            function.Description,
            function.ParametersJsonSchema ?? (function.Parameters is { } schema ? LiveCodec.ToJsonSchema(schema) : NoParameters));

    private sealed record Declared(IReadOnlyList<FunctionDeclaration> Functions, List<AITool>? Tools);
}
