namespace Parley.Assistant.Llama.Prompts;

/// <summary>The form in which a model was trained to declare and call functions.</summary>
internal enum CallFormat
{
    /// <summary>None that is known: calls are JSON between tags, and the instruction explains them.</summary>
    Generic,

    /// <summary>Qwen and Hermes: declarations between <c>&lt;tools&gt;</c>, calls between <c>&lt;tool_call&gt;</c>, results between <c>&lt;tool_response&gt;</c>.</summary>
    Hermes,

    /// <summary>Llama 3.1 and later: a call is the whole answer, JSON with "name" and "parameters"; results have the role "ipython".</summary>
    Llama3,
}
