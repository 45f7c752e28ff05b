namespace Parley.Cascade.Answering;

/// <summary>A stage of the cascade gave nothing for as long as it may.</summary>
internal sealed class StageStalledException(string stage, TimeSpan patience) : Exception($"The {stage} gave nothing for {patience.TotalSeconds:0.#} s.");
