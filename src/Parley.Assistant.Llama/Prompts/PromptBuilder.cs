using System.Text;
using Microsoft.Extensions.AI;

namespace Parley.Assistant.Llama.Prompts;

/// <summary>Turns a conversation into messages for a chat template: the instruction with the functions, then text.</summary>
internal static class PromptBuilder
{
    public static List<PromptMessage> Build(IEnumerable<ChatMessage> messages, ChatOptions? options, PromptFormat format)
    {
        var instruction = new StringBuilder(options?.Instructions);
        var prompt = new List<PromptMessage>();
        foreach (var message in messages)
        {
            if (message.Role == ChatRole.System)
                Append(instruction, message.Text);
            else if (TextOf(message, format) is { Length: > 0 } text)
                prompt.Add(new PromptMessage(RoleOf(message, format), text));
        }
        if (Functions(options).ToArray() is { Length: > 0 } functions)
            Append(instruction, format.Declare(functions));
        if (instruction.Length > 0)
            prompt.Insert(0, new PromptMessage("system", instruction.ToString()));
        return prompt;
    }

    /// <summary>The functions that the model may call.</summary>
    public static IEnumerable<AIFunctionDeclaration> Functions(ChatOptions? options) =>
        options?.ToolMode is NoneChatToolMode ? [] : options?.Tools?.OfType<AIFunctionDeclaration>() ?? [];

    private static string RoleOf(ChatMessage message, PromptFormat format) =>
        message.Role == ChatRole.Assistant ? "assistant" : message.Role == ChatRole.Tool ? format.ResultRole : "user";

    private static string TextOf(ChatMessage message, PromptFormat format) => string.Join('\n', message.Contents.Select(content => content switch
    {
        TextContent text => text.Text,
        FunctionCallContent call => format.Call(call),
        FunctionResultContent result => format.Result(result),
        _ => null,
    }).Where(static text => !string.IsNullOrEmpty(text)));

    private static void Append(StringBuilder text, string more)
    {
        if (text.Length > 0)
            text.Append("\n\n");
        text.Append(more);
    }
}
