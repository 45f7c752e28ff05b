using Parley.Testing.Conformance.Defects;
using Parley.Testing.Wire;

namespace Parley.Testing;

/// <summary>
/// A way in which a test server breaks the protocol on purpose, so that a conformance check fails. For what real servers do see <see cref="Quirk"/>, for broken
/// connections <see cref="Fault"/>.
/// <code>var server = await LiveTestServer.StartAsync(options => options.Defects.Add(ServerDefect.Parse("text-frames")));</code>
/// </summary>
public sealed class ServerDefect
{
    private readonly Func<DefectFilter> _create;

    internal ServerDefect(string name, string description, string[] checks, Func<DefectFilter> create) =>
        (Name, Description, Checks, _create) = (name, description, checks, create);

    /// <summary>All defects.</summary>
    public static IReadOnlyList<ServerDefect> All { get; } = [.. OutputDefects.All, .. SessionDefects.All];

    /// <summary>Its name, such as <c>text-frames</c>.</summary>
    public string Name { get; }

    /// <summary>What the server does, in one sentence.</summary>
    public string Description { get; }

    /// <summary>Ids of the conformance checks that fail because of it: these and no others.</summary>
    public IReadOnlyList<string> Checks { get; }

    /// <summary>Finds a defect by its name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="FormatException">There is no such defect; the message lists them.</exception>
    public static ServerDefect Parse(string name) => All.FirstOrDefault(defect => defect.Name == name)
        ?? throw new FormatException($"\"{name}\" is not a defect. Known are {string.Join(", ", All.Select(static defect => defect.Name))}.");

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    internal IMessageFilter CreateFilter() => _create();
}
