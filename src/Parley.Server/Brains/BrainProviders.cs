namespace Parley.Server.Brains;

/// <summary>The values of <see cref="BrainOptions.Provider"/>.</summary>
public static class BrainProviders
{
    /// <summary>The built-in script, <see cref="ScriptedChatClient"/>.</summary>
    public const string Scripted = "scripted";

    /// <summary>An endpoint that speaks the OpenAI chat completions protocol.</summary>
    public const string OpenAI = "openai";
}
