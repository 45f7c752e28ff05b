namespace Parley.Speech.Models;

/// <summary>A model cannot be installed; the message says why and what to do.</summary>
internal sealed class ModelException(string message, Exception? cause = null) : Exception(message, cause);
