using System.Text;

namespace StreamEngine.Records.Data;

/// <summary>
/// The shapes of objects that were read from one place, by their names in order: objects with the same names share a shape, and names become texts once.
/// Thread-safe.
/// </summary>
/// <remarks>It has a bound, which objects that are rather maps, with names of their own in each record, reach: they then get shapes of their own.</remarks>
internal sealed class ShapeTree
{
    private const int NodesMax = 16 * 1024;
    private const int ChildrenMax = 64;
    private const int FieldsMax = 256;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Lock gate = new();
    private int count;

    public ShapeTree() => Root = new Node(this, null, "", [], -1, 0);

    /// <summary>An object before its first name.</summary>
    public Node Root { get; }

    /// <summary>A name as text.</summary>
    /// <exception cref="DataException">It is no UTF-8.</exception>
    public static string NameOf(ReadOnlySpan<byte> name)
    {
        try
        {
            return Strict.GetString(name);
        }
        catch (DecoderFallbackException e)
        {
            throw new DataException("the name of a field is no UTF-8", e);
        }
    }

    /// <summary>The names of an object up to one of them.</summary>
    internal sealed class Node(ShapeTree tree, Node? parent, string name, byte[] utf8, int slot, int fields)
    {
        private readonly Node? parent = parent;
        private readonly string name = name;
        private readonly byte[] utf8 = utf8;
        private Node[] children = [];
        private Node? last;
        private DataShape? shape;

        /// <summary>The number of the last name; a name that comes again has the number it had.</summary>
        public int Slot => slot;

        /// <summary>How many different names there are.</summary>
        public int Fields => fields;

        /// <summary>The shape of an object that ends here.</summary>
        public DataShape Shape => shape ??= slot == fields - 1 ? new DataShape(Names()) : parent?.Shape ?? DataShape.Empty;

        /// <summary>The names so far.</summary>
        public string[] Names()
        {
            var names = new string[fields];
            for (Node node = this; node.parent is { } before; node = before) names[node.Slot] = node.name;
            return names;
        }

        /// <summary>The node behind one more name; null when there is no room for another.</summary>
        public Node? Next(ReadOnlySpan<byte> next)
        {
            if (last is { } usual && next.SequenceEqual(usual.utf8)) return usual;
            return Find(next) ?? tree.Add(this, next);
        }

        private Node? Find(ReadOnlySpan<byte> next)
        {
            foreach (Node child in Volatile.Read(ref children))
            {
                if (next.SequenceEqual(child.utf8)) return last = child;
            }

            return null;
        }

        /// <summary>Adds a name; called under the tree's lock.</summary>
        internal Node? Add(ReadOnlySpan<byte> next)
        {
            if (Find(next) is { } found) return found;
            if (children.Length >= ChildrenMax || fields >= FieldsMax) return null;
            string text = NameOf(next);
            int known = Array.IndexOf(Names(), text);
            var added = new Node(tree, this, text, next.ToArray(), known >= 0 ? known : fields, known >= 0 ? fields : fields + 1);
            Volatile.Write(ref children, [.. children, added]);
            tree.count++;
            return added;
        }
    }

    private Node? Add(Node parent, ReadOnlySpan<byte> name)
    {
        lock (gate) return count < NodesMax ? parent.Add(name) : null;
    }
}
