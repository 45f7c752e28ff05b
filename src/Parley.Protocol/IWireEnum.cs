namespace Parley.Protocol;

/// <summary>An open enum of the wire: it has known names and can hold any other name.</summary>
/// <typeparam name="TSelf">The enum itself.</typeparam>
public interface IWireEnum<TSelf>
    where TSelf : struct, IWireEnum<TSelf>
{
    /// <summary>The name on the wire.</summary>
    string Value { get; }

    /// <summary>The known names; the position of a name is its number in proto3 JSON.</summary>
    static abstract IReadOnlyList<string> Names { get; }

    /// <summary>Creates the value of a name, known or not.</summary>
    static abstract TSelf Create(string value);
}
