using System.CommandLine;
using System.Globalization;
using Parley.Speech;
using Parley.Speech.TurnTaking;

namespace Parley.Bench.Speech.TurnModels;

/// <summary>
/// Makes the table of <see cref="SentenceEnds"/> from the language model of PocketSphinx: frequent words, and the frequent pairs of words
/// after which the end is much more or much less likely than after the last word alone.
/// </summary>
internal static class SentenceEndsCommand
{
    private const int Words = 4_000;

    // Natural logarithms: pairs rarer than one in 270,000 words are left out, and those that differ less from the last word alone.
    private const double RarestPair = -12.5;
    private const double Difference = 0.75;
    private const int LineLength = 120;

    internal static Command Create()
    {
        var output = new Option<string>("--out") { Description = "File for the table: src/Parley.Speech/TurnTaking/sentence_ends.txt", Required = true };
        var command = new Command("sentence-ends", "Makes the table of words that end sentences, for turn detection (a minute)") { output };
        command.SetAction(arguments => Write(arguments.GetValue(output)!));
        return command;
    }

    private static void Write(string file)
    {
        var model = new LanguageModel(Path.Combine(new PocketSphinxOptions().ModelDirectory, "en-us.lm.bin"));
        var words = model.Words.Where(IsWord).Select(word => (Word: word, Id: model.IdOf(word), Share: model.Score(model.IdOf(word))))
            .OrderByDescending(one => one.Share).ThenBy(one => one.Word, StringComparer.Ordinal).Take(Words).ToArray();
        var scores = words.ToDictionary(one => one.Word, one => model.Score(model.End, one.Id));
        List<(string Text, double Score)> table = [.. scores.Select(one => (one.Key, one.Value))];
        foreach (var (previous, previousId, share) in words)
        {
            foreach (var (last, lastId, _) in words)
            {
                if (share + model.Score(lastId, previousId) < RarestPair)
                    continue;
                var score = model.Score(model.End, previousId, lastId);
                if (Math.Abs(score - scores[last]) >= Difference)
                    table.Add(($"{previous}{SentenceEnds.Joint}{last}", score));
            }
        }
        File.WriteAllText(file, Header + string.Concat(table.GroupBy(one => Math.Round(one.Score * 4) / 4).OrderBy(group => group.Key).SelectMany(Lines)));
        Console.WriteLine($"{words.Length} words, {table.Count - words.Length} pairs");
    }

    private static bool IsWord(string word) => word.Length > 0 && word[0] != '<' && word.All(letter => char.IsAsciiLetterLower(letter) || letter is '\'' or '.');

    private static IEnumerable<string> Lines(IGrouping<double, (string Text, double Score)> group)
    {
        var start = group.Key.ToString(CultureInfo.InvariantCulture);
        var line = start;
        foreach (var (text, _) in group.OrderBy(one => one.Text, StringComparer.Ordinal))
        {
            if (line.Length + text.Length >= LineLength)
            {
                yield return line + "\n";
                line = start;
            }
            line += " " + text;
        }
        yield return line + "\n";
    }

    private const string Header = """
        # How likely a sentence ends after a word or a pair of words: natural logarithms, in quarters. Format: SentenceEnds.cs. Made by:
        # bench/Parley.Bench.Speech -- sentence-ends, from the English language model of CMU Sphinx, whose licence follows.
        #
        # Copyright (c) 1995-2014 Carnegie Mellon University. Copyright (c) 2014-2015 Alpha Cephei Inc. All rights reserved.
        # Redistribution and use in source and binary forms, with or without modification, are permitted provided that the following
        # conditions are met:
        # 1. Redistributions of source code must retain the above copyright notice, this list of conditions and the following disclaimer.
        # 2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following disclaimer
        #    in the documentation and/or other materials provided with the distribution.
        # This work was supported in part by funding from the Defense Advanced Research Projects Agency and the National Science Foundation
        # of the United States of America, and the CMU Sphinx Speech Consortium.
        # THIS SOFTWARE IS PROVIDED BY CARNEGIE MELLON UNIVERSITY "AS IS" AND ANY EXPRESSED OR IMPLIED WARRANTIES, INCLUDING, BUT NOT
        # LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL
        # CARNEGIE MELLON UNIVERSITY NOR ITS EMPLOYEES BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
        # DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS
        # INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE
        # OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.

        """;
}
