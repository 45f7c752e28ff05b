using Parley.Server.Storage;
using Parley.Testing;

namespace Parley.Cli.Emulation;

/// <summary>
/// The files by which clients trust an emulator with TLS. Most clients read one file in place of their own roots, so it has those too: a command still reaches
/// other servers.
/// </summary>
internal sealed class TrustFiles
{
    /// <summary>Replace the roots of their clients.</summary>
    private static readonly string[] Replacing = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

    /// <summary>Adds to the roots of Node.js.</summary>
    private const string Adding = "NODE_EXTRA_CA_CERTS";

    /// <summary>Debian and Arch, Fedora, openSUSE, Alpine and macOS.</summary>
    private static readonly string[] SystemBundles =
        ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"];

    private TrustFiles(string ca, string bundle, string node) => (Ca, Bundle, Node) = (ca, bundle, node);

    /// <summary>The certificate of the emulator's CA.</summary>
    internal string Ca { get; }

    /// <summary>It, and the roots of this machine or of the variables.</summary>
    internal string Bundle { get; }

    /// <summary>It, and what Node.js was to trust already.</summary>
    private string Node { get; }

    /// <summary>Writes the files next to the CA, with which they are deleted.</summary>
    /// <param name="emulator">The emulator.</param>
    /// <param name="environment">The variables, which may name roots already.</param>
    /// <returns>Null for an emulator without TLS.</returns>
    /// <exception cref="CommandException">A file that a variable names cannot be read.</exception>
    internal static TrustFiles? Of(LiveEmulator emulator, ToolEnvironment environment)
    {
        if (emulator.CaFile is not { } ca)
            return null;
        var folder = Path.GetDirectoryName(ca)!;
        var own = Replacing.Select(name => Named(environment, name)).OfType<(string, string)>().DistinctBy(static file => file.Item2).ToList();
        if (own.Count == 0 && SystemBundles.FirstOrDefault(File.Exists) is { } system)
            own.Add(("The roots of the system", system));
        var bundle = Join(Path.Combine(folder, "bundle.pem"), ca, own);
        return new TrustFiles(ca, bundle, Named(environment, Adding) is { } extra ? Join(Path.Combine(folder, "node.pem"), ca, [extra]) : ca);
    }

    internal IEnumerable<EmulatorVariable> Variables =>
    [
        new(Replacing[0], Bundle, "Python, OpenSSL, Go, Ruby: the roots of the system and the CA of the emulator"),
        new(Replacing[1], Bundle, "Python's requests"),
        new(Replacing[2], Bundle, "curl"),
        new(Adding, Node, "Node.js"),
    ];

    private static (string Name, string Path)? Named(ToolEnvironment environment, string name) =>
        environment.Variable(name) is { } path ? (name, path) : null;

    private static string Join(string target, string ca, IEnumerable<(string Name, string Path)> files)
    {
        using var output = PrivateFiles.Open(target, FileMode.CreateNew);
        foreach (var (name, path) in files.Prepend(("The CA", ca)))
        {
            try
            {
                output.Write(File.ReadAllBytes(path));
                output.WriteByte((byte)'\n');
            }
            catch (Exception e) when (Commands.Files.IsFileError(e))
            {
                throw new CommandException($"{name}, {path}, cannot be read: {e.Message} Correct or remove the variable.", ExitCodes.Usage);
            }
        }
        return target;
    }
}
