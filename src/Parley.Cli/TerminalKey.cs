using System.Text;

namespace Parley.Cli;

/// <summary>Reads a secret from the terminal without showing it.</summary>
internal static class TerminalKey
{
    internal static string Read()
    {
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                typed.Append(key.KeyChar);
        }
        return typed.ToString();
    }
}
