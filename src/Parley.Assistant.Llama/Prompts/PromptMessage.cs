namespace Parley.Assistant.Llama.Prompts;

/// <summary>A message as chat templates take it.</summary>
/// <param name="Role">"system", "user", "assistant", or a role for function results that the model knows.</param>
/// <param name="Text">Its text.</param>
internal sealed record PromptMessage(string Role, string Text);
