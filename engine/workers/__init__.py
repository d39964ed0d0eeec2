"""Work in processes of their own, which may crash or be ended: each leans on nothing but `engine.errors`."""
