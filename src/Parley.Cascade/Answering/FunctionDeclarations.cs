using System.Text.Json;
using Microsoft.Extensions.AI;
using Parley.Conversation;
using Parley.Protocol;

namespace Parley.Cascade.Answering;

/// <summary>
/// Functions and generation settings of a session as <see cref="ChatOptions"/>; tools are converted once, and again when the functions
/// change.
/// </summary>
internal sealed class FunctionDeclarations(ConversationOptions conversation, string sessionId)
{
    private static readonly JsonElement NoParameters = JsonElement.Parse("""{"type":"object","properties":{}}""");

    private IReadOnlyList<FunctionDeclaration>? _declared;
    private List<AITool>? _tools;

    /// <summary>Whether the result of a function may come later than directly after its call.</summary>
    internal bool MayAnswerLate { get; private set; }

    internal ChatOptions OptionsFor(GenerationRequest request)
    {
        if (!ReferenceEquals(_declared, request.Functions))
        {
            _declared = request.Functions;
            _tools = request.Functions.Count == 0 ? null : [.. request.Functions.Select(Declare)];
            MayAnswerLate |= request.Functions.Any(IsNonBlocking);
        }
        var generation = conversation.Setup.GenerationConfig;
        var options = new ChatOptions
        {
            Instructions = request.SystemInstruction,
            Tools = _tools,
            Temperature = (float?)generation?.Temperature,
            TopP = (float?)generation?.TopP,
            TopK = (int?)generation?.TopK,
            MaxOutputTokens = generation?.MaxOutputTokens,
            PresencePenalty = (float?)generation?.PresencePenalty,
            FrequencyPenalty = (float?)generation?.FrequencyPenalty,
            Seed = generation?.Seed,
        };
        SessionId.Set(options, sessionId);
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
}
