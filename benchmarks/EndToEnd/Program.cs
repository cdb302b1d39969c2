Console.WriteLine("usage: append");
