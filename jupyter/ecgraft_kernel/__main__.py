from ipykernel.kernelapp import IPKernelApp

from .kernel import EcgraftKernel

IPKernelApp.launch_instance(kernel_class=EcgraftKernel)
