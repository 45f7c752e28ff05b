namespace Parley.Cascade.Answering;

/// <summary>A stage of the cascade produced nothing within its time limit.</summary>
internal sealed class StageTimeoutException(string stage, TimeSpan timeout)
    : Exception($"The {stage} produced nothing for {timeout.TotalSeconds:0.#} s.");
